"""Pages on several plans: comparison, what-if, backtest, replay, campaign."""
