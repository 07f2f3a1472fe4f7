"""The reviewer's page: addresses in doubt, decided one after the other."""
