"""The administrator's page: the policy, tried on history before it is saved."""
