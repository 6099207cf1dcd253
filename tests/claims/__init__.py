"""The context `claims`: batches from upload to explanation."""
