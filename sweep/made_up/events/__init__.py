"""What happens in the made-up city: dens, the leads they leave, past visits, and the people who go."""
