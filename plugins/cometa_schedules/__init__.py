"""Features that start by themselves: cron schedules and the record of their fires."""
