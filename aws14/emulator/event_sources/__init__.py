"""What brings events to functions: queues and streams that Lambda polls, and who may call what."""
