"""What runs inside an execution environment. Standard library only, and nothing of aws14."""
