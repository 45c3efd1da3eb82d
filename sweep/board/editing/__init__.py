"""A plan edited by hand in the browser, judged by the checker as it is moved about, and saved as a draft."""
