# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Storage
#
# Servers can be bought again in minutes. What was stored on them cannot. This chapter is about what must outlive
# machines: copies that nobody can take away, and files that many share.

# %% [markdown]
# After this chapter you can
#
# - say for each failure, from a slip of the hand to stolen admin rights, which copy survives it;
# - write a backup plan with schedule, lifecycle, copies elsewhere and a lock, and restore from it with a stopwatch;
# - keep an archive for seven years at its lowest price, and spot the rule that costs more than it saves;
# - choose among EFS, FSx, a server of your own and a gateway by what a company asks;
# - say what EFS's throughput modes do at the end of a month, and what each costs;
# - plan a move of files with a cut-over window, and say when it will never end.
#
# The patterns can be opened in any order; the chapter needs no other chapter.

# %% [markdown]
# | | |
# |---|---|
# | time | the core of each pattern takes about 35 minutes; each *Deeper* block names its own |
# | real | every `boto3` call, the bytes that are backed up, restored and shared, every price |
# | emulated | the AWS that answers: years pass on a clock that you can advance; the office is a folder on this machine |
# | modelled | failures, months of work, lines: a simulation on what was read back |

# %% tags=["setup"]
import aws14
from aws14 import charts

# %% [markdown] pattern="p05"
# ## Backup
#
# Monday, 8:40. Every plan on the server ends in *.locked*. There were backups: somebody with an administrator's
# password deleted them on Sunday, first. What would have had to be different?

# %% tags=["setup"]
lab = aws14.Lab("p05")
lab.brief

# %% [markdown]
# ### Brief and drawing

# %% tags=["inspect"]
lab.draw()

# %% [markdown]
# ### Predict, then build

# %% [markdown]
# ### Load, break, heal

# %% [markdown]
# ### Bill and one decision

# %% [markdown]
# ### Checkpoint and clean-up

# %% [markdown] pattern="p06"
# ## File server
#
# The server under the desk has served for nine years. It is full, at the end of each month it crawls, and everybody
# knows what happens when somebody trips over its cable.

# %% tags=["setup"]
lab = aws14.Lab("p06")
lab.brief

# %% [markdown]
# ### Brief and drawing

# %% tags=["inspect"]
lab.draw()

# %% [markdown]
# ### Predict, then build

# %% [markdown]
# ### Load, break, heal

# %% [markdown]
# ### Bill and one decision

# %% [markdown]
# ### Checkpoint and clean-up

# %% [markdown]
# ## What to take away
