"""The built-in step libraries; their modules run in the runner and import neither Pyramid nor SQLAlchemy."""
