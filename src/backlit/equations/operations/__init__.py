"""The operations of a convolutional network, one file for each family."""
