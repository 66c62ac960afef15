"""CloudWatch as this emulator has it: where metrics are kept, how they are asked for, what alarms make of them."""
