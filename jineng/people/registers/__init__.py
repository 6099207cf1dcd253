"""Files of persons and of organisations brought into the registers, all of a file or nothing."""
