"""Terms to Z3: deciding what unknown values leave open, and finding the smallest repair."""
