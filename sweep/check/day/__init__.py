"""A plan changed on its day judged by what happened: the events it answers to, and the reports of the teams."""
