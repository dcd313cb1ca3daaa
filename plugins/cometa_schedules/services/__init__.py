"""What is done with schedules, apart from HTTP."""
