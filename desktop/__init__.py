"""What one workstation of a protection centre does: rules, use cases, files, papers, terminal and window."""
