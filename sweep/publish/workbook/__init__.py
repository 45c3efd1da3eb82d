"""xlsx workbooks: of a plan, and of the results of visits."""
