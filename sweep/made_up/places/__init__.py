"""What stands in the made-up city: streets, sites, buildings with names, outlines and doors, and the firms in them."""
