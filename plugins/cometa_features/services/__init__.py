"""The rules of features and steps: functions over a scope or a session, without HTTP."""
