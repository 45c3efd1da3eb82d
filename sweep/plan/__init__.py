"""Who goes where and when."""
