"""SQL files of the migrations: upgrades, and one downgrade."""
