"""Pictures of steps and their delivery."""
