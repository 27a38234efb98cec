"""What the standard says must happen: pure functions of the tables and of what was seen, no I/O.

    authority.due(...)            may this inquiry be asked, and if not, with which codes is it refused
    items.expected_record(...)    the record an answer must hold
    answer.findings(...)          an opened answer against its inquiry and the results that were due
    problem.findings(...)         a refusal in clear
    records.findings(...)         an exported log: chain, seal, what a line must and must not hold
    network.*                     permits, receipts and directory entries of the network (network role)

Twins of the emulator's rooms by design: no common helper, another method where one can be found.
"""
