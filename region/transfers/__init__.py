"""Transfers of patients between any two institutions: need, bed, vehicle, both signatures; the alliance."""
