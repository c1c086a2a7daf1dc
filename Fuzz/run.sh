#!/bin/bash
# Builds each fuzz target of this folder with libFuzzer and AddressSanitizer and runs it.
#
#   Fuzz/run.sh [SECONDS] [TARGET...]      60 seconds each, all targets, where not said otherwise
#
# New inputs of interest and what crashed go to .build/fuzz/; the seeds in corpus/ are only read.
# A crash ends the run with an error and prints the file that reproduces it.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
shift || true
targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
    for file in Fuzz/*.swift; do targets+=("$(basename "$file" .swift)"); done
fi

# Swift's own crash report reads memory that AddressSanitizer guards, and hides the real one.
export SWIFT_BACKTRACE=enable=no

out=.build/fuzz
mkdir -p "$out/module"
cat >"$out/module/module.modulemap" <<END
module CLongDouble { header "$PWD/Sources/CLongDouble/include/CLongDouble.h" export * }
END
clang -O1 -g -fsanitize=fuzzer-no-link,address -c Sources/CLongDouble/long_double.c \
    -I Sources/CLongDouble/include -o "$out/long_double.o"

for target in "${targets[@]}"; do
    echo "== $target: building"
    # Optimised, which keeps every precondition; one module with the sources, so that internals are seen.
    swiftc -g -O -use-ld=lld -swift-version 6 -parse-as-library -sanitize=fuzzer,address \
        -enable-upcoming-feature ExistentialAny -enable-upcoming-feature InternalImportsByDefault \
        -enable-upcoming-feature MemberImportVisibility -module-name "fuzz_$target" \
        -I "$out/module" Sources/Bytes/*.swift "Fuzz/$target.swift" "$out/long_double.o" -o "$out/$target"
    mkdir -p "$out/corpus/$target" "$out/crashes"
    echo "== $target: fuzzing for $seconds seconds"
    "$out/$target" -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=2048 -verbosity=0 \
        -print_final_stats=1 -artifact_prefix="$out/crashes/$target-" \
        "$out/corpus/$target" "Fuzz/corpus/$target"
done
echo "== no target failed"
