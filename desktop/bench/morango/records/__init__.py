"""The Django application that Morango syncs in the benchmark. Seen only by the environment that holds Morango."""
