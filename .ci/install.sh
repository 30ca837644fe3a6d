# For the commands of the project: `. .ci/install.sh`, then `need PACKAGE…`. Debian's and Ubuntu's packages.
#
# A package may be several, as `libboost1.83-dev|libboost1.81-dev`: the first that can be had is taken, and one that is
# there is enough.

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

available() { [ -n "$(apt-cache policy "$1" 2>/dev/null | awk '$1 == "Candidate:" && $2 != "(none)"')" ]; }

# Prints those of the packages that are missing, each as the first of its alternatives that can be had.
missing_packages() {
    local wanted package found
    for wanted in "$@"; do
        found=
        for package in ${wanted//|/ }; do installed "$package" && found=yes; done
        [ -n "$found" ] && continue
        for package in ${wanted//|/ }; do
            if available "$package"; then found=$package && break; fi
        done
        echo "${found:-${wanted%%|*}}"
    done
}

# Installs what is missing, or, where it may not, says what it would have installed and ends the command.
need() {
    local packages said as_root=()
    if ! command -v apt-get >/dev/null; then
        echo "This is not Debian or Ubuntu, so nothing is installed. Needed are: $*" >&2
        return 0
    fi
    packages=$(missing_packages "$@")
    [ -z "$packages" ] && return 0
    packages=$(echo $packages)
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null || ! sudo -n true 2>/dev/null; then
            echo "Missing, and not to be installed by this user. Please run: sudo apt-get install $packages" >&2
            exit 1
        fi
        as_root=(sudo -n)
    fi
    echo "Installing: $packages" >&2
    # A fresh machine may know of no packages yet, so what is missing is asked for again after an update.
    if ! said=$(${as_root[@]+"${as_root[@]}"} apt-get update -qq 2>&1) || ! packages=$(echo $(missing_packages "$@")) ||
        ! said=$(${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -qq --no-install-recommends $packages 2>&1); then
        echo "$said" >&2
        echo "Could not install: $packages" >&2
        exit 1
    fi
}

# What every program of the project needs to be built, but for a compiler.
build_packages='cmake ninja-build git ca-certificates libboost1.83-dev|libboost1.81-dev|libboost-dev libexpected-dev'
