# %%
from conformance.inside import Control

control = Control()
