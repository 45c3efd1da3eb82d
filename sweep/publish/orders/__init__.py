"""Order of one team (任务单): as a page, an encrypted page, or a PDF."""
