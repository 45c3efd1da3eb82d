"""Control desk of the board: routes and times of the teams, map, messages, remaining visits, desk reports."""
