"""What lies on disk: policy files, facts files, recorded conversations, and the packs that travel with the product.

`policy_files` finds, reads and compiles policies; `facts` and `recordings` read the files of those names; `places`
knows where packs and grammars are, in a wheel and in a checkout;
`writing` replaces a file whole or not at all. What cannot be read ends in `reading` as an
`UnreadableFile`, whose text is one sentence for the person who named the file. The command line and the proxy may
import it.
"""
