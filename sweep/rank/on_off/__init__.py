"""Leads as what dens send while they are open: an on-off source at each building, and where it is to be used."""
