"""What holds between the counties of a province, whatever each of them keeps by itself."""
