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
module CCRC32C { header "$PWD/Sources/CCRC32C/include/CCRC32C.h" export * }
module CLongDouble { header "$PWD/Sources/CLongDouble/include/CLongDouble.h" export * }
module CMalloc { header "$PWD/Sources/CMalloc/include/CMalloc.h" export * }
module CSimdjson { header "$PWD/Sources/CSimdjson/include/CSimdjson.h" export * }
END
# Optimised, which keeps every precondition.
swift=(swiftc -g -O -swift-version 6 -parse-as-library
    -enable-upcoming-feature ExistentialAny -enable-upcoming-feature InternalImportsByDefault
    -enable-upcoming-feature MemberImportVisibility -I "$out/module")
clang -O1 -g -fsanitize=fuzzer-no-link,address -c Sources/CLongDouble/long_double.c \
    -I Sources/CLongDouble/include -o "$out/long_double.o"
clang -O1 -g -fsanitize=fuzzer-no-link,address -c Sources/CCRC32C/crc32c.c \
    -I Sources/CCRC32C/include -o "$out/crc32c.o"

# Compiles a whole module, whose internals targets may see, into one object: module NAME [FLAG...]
module() {
    local name=$1 sources
    shift
    mapfile -t sources < <(find "Sources/$name" -name '*.swift')
    "${swift[@]}" "$@" -whole-module-optimization -enable-testing -module-name "$name" -c "${sources[@]}" \
        -emit-module -emit-module-path "$out/module/$name.swiftmodule" -o "$out/$name.o"
}

for target in "${targets[@]}"; do
    echo "== $target: building"
    link=(-use-ld=lld -sanitize=fuzzer,address -module-name "fuzz_$target" "Fuzz/$target.swift" "$out/long_double.o"
        "$out/crc32c.o" -o "$out/$target")
    case $target in
        command_reader)
            clang++ -std=c++17 -O1 -g -fsanitize=fuzzer-no-link,address -c Sources/CSimdjson/splitter.cpp \
                -I Sources/CSimdjson/include -o "$out/splitter.o"
            # The engine is what the reader asks for names and writes to, and is not what is fuzzed.
            module Bytes -sanitize=fuzzer,address
            module Engine -sanitize=address
            "${swift[@]}" "${link[@]}" Sources/REST/CommandEndpoint/{CommandReader,CommandSyntaxError,JSONEscapes}.swift \
                "$out/Bytes.o" "$out/Engine.o" "$out/splitter.o" -lsimdjson -lstdc++
            ;;
        rdb_reader)
            module Bytes -sanitize=fuzzer,address
            module RDB -sanitize=fuzzer,address
            "${swift[@]}" "${link[@]}" "$out/Bytes.o" "$out/RDB.o"
            ;;
        manifest | increment_reader)
            module Bytes -sanitize=fuzzer,address
            module Persistence -sanitize=fuzzer,address
            "${swift[@]}" "${link[@]}" "$out/Bytes.o" "$out/Persistence.o"
            ;;
        *)
            # One module with the sources, so that internals are seen.
            "${swift[@]}" "${link[@]}" Sources/Bytes/*.swift
            ;;
    esac
    mkdir -p "$out/corpus/$target" "$out/crashes"
    echo "== $target: fuzzing for $seconds seconds"
    "$out/$target" -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=2048 -verbosity=0 \
        -print_final_stats=1 -artifact_prefix="$out/crashes/$target-" \
        "$out/corpus/$target" "Fuzz/corpus/$target"
done
echo "== no target failed"
