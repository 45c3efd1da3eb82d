"""Events of the synthetic city: fraud dens, the dens' leads, past visits and the staff."""
