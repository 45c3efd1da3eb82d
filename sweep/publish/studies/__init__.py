"""Pages over several plans: comparison, what-if, backtest."""
