"""How well duplicates are found: a CRM of our own, FEBRL, and others' methods beside ours.

`world` and `copies` make the CRM and know who is who; they import nothing of Placet, and nothing of
Placet imports them. `train` fits the model that is shipped, `run` examines it on another seed.
"""
