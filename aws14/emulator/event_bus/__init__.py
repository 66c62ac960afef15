"""Events on their way to targets: EventBridge's buses and schedules, and what other services send alike."""
