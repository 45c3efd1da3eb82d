"""Pages about several plans: comparison, what-if, backtest, replay, campaign."""
