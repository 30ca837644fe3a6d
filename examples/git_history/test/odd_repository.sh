# Repositories with everything odd that git allows. Sourced by test.sh. They are made with plumbing alone, so names need
# not exist in any file system, dates and ids are the same each time, and no configuration matters.

# put MODE PATH TEXT: a file, executable or symbolic link in the index.
put() {
    printf '%s %s\t%s\0' "$1" "$(printf '%s' "$3" | git hash-object -w --stdin)" "$2" | git update-index -z --index-info
}
# link_commit PATH: a submodule, whose commit is in no repository here.
link_commit() { git update-index --add --replace --cacheinfo "160000,$(printf '%s' "$2" | git hash-object --stdin),$1"; }
drop() { printf '0 %s\t%s\0' "$zeros" "$1" | git update-index -z --index-info; }

# commit [PARENT...]: the index as a commit on main; PARENTs come behind the first. A minute passes between commits.
commit() {
    local parents=() parent
    if git rev-parse -q --verify main >/dev/null; then parents=(-p main); fi
    for parent; do parents+=(-p "$parent"); done
    minute=$((minute + 1))
    commit_at "$((start + 60 * minute)) +0000" "${parents[@]}"
}
# commit_at DATE ARGUMENT...: the same at any date, with just the parents that are given.
commit_at() {
    local date=$1
    shift
    git update-ref refs/heads/main "$(GIT_AUTHOR_DATE=$date GIT_COMMITTER_DATE=$date git commit-tree "$(git write-tree)" "$@" -m "${message:-message}")"
}
# raw_commit HEADER...: whatever is given as author, committer and other headers, checked by nobody.
raw_commit() {
    git update-ref refs/heads/main "$({
        printf 'tree %s\nparent %s\n' "$(git write-tree)" "$(git rev-parse main)"
        printf '%b\n' "$@"
        printf '\nmessage\n'
    } | git hash-object -t commit -w --stdin --literally)"
}
author() { export GIT_AUTHOR_NAME=$1 GIT_AUTHOR_EMAIL=$2 GIT_COMMITTER_NAME=$1 GIT_COMMITTER_EMAIL=$2; }

# Paths that were files and nothing but files, with a NUL behind each.
odd_paths() {
    printf '%s\0' 'with space' ' leading and trailing ' $'tab\there' $'new\nline' 'double"quote' "single'quote" \
        'back\slash' '-leading-dash' '--' ':(glob)*' '*' '[a]?' 'ünïcödé/日本語' $'latin\xe9\xff' $'\x01\x7f\x1b[31m' $'bell\a\b\v\f\r' \
        '@' 'HEAD' '~' 'folder-' 'folder.txt' 'folder/-' 'a -> b' 'file-file-x' 'very/deep/down/in/the/tree/a' "$(printf 'long%.0s' {1..60})"
}

# make_odd_repository PATH FORMAT
make_odd_repository() {
    git init -q -b main --object-format="$2" "$1"
    cd "$1" || exit 1
    zeros=$(git hash-object --stdin </dev/null | tr 0-9a-f 0)
    start=1577836800 minute=0
    local path side other third

    author 'Ann Author' ann@example.org
    put 100644 changing one && put 100644 folder/file x && put 100644 'becomes a folder' x
    put 100644 'was/a/folder/one' x && put 100644 'was/a/folder/two' x && commit   # the root has files
    put 100644 changing two && message=second commit
    put 100755 changing two && commit
    put 100644 changing two && commit
    put 100755 changing three && commit                # content and permissions at once
    put 120000 changing target && commit
    put 120000 changing 'other target' && commit
    drop changing && link_commit changing one && commit
    put 100644 changing three && commit
    drop changing && commit
    put 100755 changing three && commit                # here again, as it was
    commit && commit                                   # nothing in them

    author 'Zoë "Quote" O'\''Brien \ 日本語' 'zoë@example.org'
    while IFS= read -r -d '' path; do put 100644 "$path" "$path"; done < <(odd_paths)
    commit
    while IFS= read -r -d '' path; do put 100644 "$path" "$path again"; done < <(odd_paths)
    put 100755 -leading-dash dash && commit
    drop $'new\nline' && drop $'latin\xe9\xff' && commit
    put 100644 $'new\nline' back && commit

    drop 'becomes a folder' && put 100644 'becomes a folder/file' x && put 100644 'becomes a folder.txt' y && commit
    drop was/a/folder/one && drop was/a/folder/two && put 120000 was/a elsewhere && commit
    drop was/a && put 100755 was/a/folder/one x && commit
    drop 'becomes a folder/file' && link_commit 'becomes a folder' two && commit
    link_commit 'becomes a folder' three && link_commit module/in/folder one && put 100644 .gitmodules '[submodule "m"]
	path = module/in/folder
	ignore = all
' && commit
    link_commit module/in/folder two && commit

    author 'Merger by trade' merge@example.org
    side=$(git commit-tree "$(git rev-parse 'main~2^{tree}')" -p main~2 -m side)
    other=$(git commit-tree "$(git rev-parse 'main~9^{tree}')" -p main~9 -m other)
    third=$(git commit-tree "$(git rev-parse 'main~4^{tree}')" -m 'a root of its own')
    git update-ref refs/heads/side "$side"
    put 100644 merged x && commit "$side"                          # a merge that brings a file
    put 100644 evil y && put 100644 merged changed && commit "$other"     # with changes that no parent has
    commit "$side"                                                 # one that brings nothing
    put 100644 octopus z && drop folder/file && commit "$side" "$other" "$third"

    put 100644 early e && commit_at '1000000000 -0730' -p main     # clocks that go backwards, and odd zones
    put 100644 late l && commit_at '4000000000 +1345' -p main
    put 100644 usual u && commit
    put 100644 epoch 0 && commit_at '@0 +0000' -p main

    put 100644 raw 1 && raw_commit 'author  <> 1600000000 +0000' 'committer  <> 1600000000 +0000'
    put 100644 raw 2 && raw_commit 'author Tab\there <t@x> 1600000060 +0000' 'committer C <c@x> 1600000060 +0000'
    put 100644 raw 3 && raw_commit 'author Ren\xe9 <r@x> 1600000120 +0000' 'committer Ren\xe9 <r@x> 1600000120 +0000' 'encoding ISO-8859-1'
    put 100644 raw 4 && raw_commit 'author Broken\xff\xfe <b@x> 1600000180 +0000' 'committer C <c@x> 1600000180 +0000'
    put 100644 raw 5 && raw_commit 'author No Date <n@x> when' 'committer No Date <n@x> when'
    put 100644 raw 6 && raw_commit 'author Far <f@x> 99999999999999999999 +0000' 'committer Far <f@x> 99999999999999999999 +0000'
    put 100644 raw 7 && raw_commit 'author A <a@x> 1600000240 +0000' 'committer C <c@x> 1600000240 +0000' \
        'gpgsig -----BEGIN PGP SIGNATURE-----\n nothing\n -----END PGP SIGNATURE-----'

    author 'Ann Author' ann@example.org
    put 100644 .mailmap 'Somebody Else <else@example.org> <ann@example.org>' && put 100644 .gitattributes '* -diff export-ignore' && commit
    git config submodule.m.ignore all
    git update-ref refs/heads/face main~3    # a branch whose name looks like an abbreviated id
    cd "$scratch" || exit 1
}

# make_ambiguous_repository PATH: two commits whose ids begin alike; sets ambiguous_prefix.
make_ambiguous_repository() {
    git init -q -b main --object-format=sha1 "$1"
    cd "$1" || exit 1
    author Ann ann@example.org
    message=0 commit_at '1577836800 +0000'
    message=226755 commit_at '1577836800 +0000' -p main
    local first=$(git rev-parse main~1) second=$(git rev-parse main)
    ambiguous_prefix=${first:0:4}
    check "the ids are alike" [ "$ambiguous_prefix" = "${second:0:4}" ]
    cd "$scratch" || exit 1
}

# Settings that change what git log and git diff print.
write_hostile_configuration() {
    printf '%s\n' >"$1" '[log]' 'showRoot = false' 'diffMerges = combined' 'showSignature = true' 'decorate = full' \
        'mailmap = true' 'date = relative' 'follow = true' 'abbrevCommit = true' \
        '[diff]' 'renames = copies' 'relative = true' 'ignoreSubmodules = all' "orderFile = $1.missing" 'noprefix = true' \
        'external = false' 'submodule = log' '[color]' 'ui = always' 'diff = always' '[core]' 'quotePath = false' 'abbrev = 4' \
        'pager = false' '[format]' 'pretty = fuller' '[i18n]' 'logOutputEncoding = UTF-16' '[pager]' 'log = false' '[notes]' \
        'displayRef = refs/notes/*' '[submodule]' 'recurse = true'
}
