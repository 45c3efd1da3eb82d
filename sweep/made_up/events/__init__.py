"""Events of the synthetic city: dens, their leads, past visits and the staff."""
