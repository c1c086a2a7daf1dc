"""Which tests are not run through a cluster (REDWING_TEST_ENGINE=cluster), and why: a file, a test, or one of its cases."""

CROSS_SLOT = "names keys of several slots, which a cluster refuses with CROSSSLOT (test_cluster_engine.py)"
FIELD_EXPIRY = "redis-server 7.0 has no fields that expire"
MONITOR = "the commands of the nodes are not shown"
SCAN = "takes one page of a walk for all: over a cluster there is one for each primary at least"
NODE = "looks at what the nodes count, not this process"
WHOLE_VALUES = "only a read of a whole value has an ETag over a cluster"
ORDER = "the nodes give members in an order of their own"
LATER = "a message comes a moment after PUBLISH is answered, and so after who comes back"
SIZE = "more than the nodes' replication takes at a time"

NOT_RUN = {
    "test_contract.py": WHOLE_VALUES + ", and some examples are of several slots",
    "test_large_answers.py": SIZE,
    "test_schemathesis.py": WHOLE_VALUES,
    "test_waiting_random.py": CROSS_SLOT,
    "test_conditions.py::test_every_type": WHOLE_VALUES,
    "test_conditions.py::test_removal_of_everything_changes_every_key": WHOLE_VALUES,
    "test_conditions.py::test_an_element_that_is_missing_has_no_etag": WHOLE_VALUES,
    "test_events.py::test_upstash_streams": MONITOR,
    "test_events.py::test_stopping_ends_streams_with_a_comment": MONITOR,
    "test_events.py::test_who_comes_back_misses_nothing": LATER,
    "test_events.py::test_what_is_forgotten_is_a_gap": LATER,
    "test_exchange.py::test_what_get_returns_put_accepts": ORDER,
    "test_exchange.py::test_if_range": WHOLE_VALUES,
    "test_exchange.py::test_expiry_without_a_look": NODE,
    "test_node_client.py::test_the_node_client": SCAN,
    "test_transactions.py::test_commands_run_as_one": CROSS_SLOT,
    "test_transactions.py::test_conditions_that_hold": CROSS_SLOT,
    "test_transactions.py::test_conditions_that_fail": CROSS_SLOT,
    "test_transactions.py::test_a_write_of_many_keys_is_seen_whole": CROSS_SLOT,
    "test_transactions.py::test_money_is_neither_made_nor_lost": CROSS_SLOT,
    "test_upstash_client.py::test_strings": CROSS_SLOT,
    "test_upstash_client.py::test_bits": CROSS_SLOT,
    "test_upstash_client.py::test_keys": CROSS_SLOT,
    "test_upstash_client.py::test_lists": CROSS_SLOT,
    "test_upstash_client.py::test_sets": CROSS_SLOT,
    "test_upstash_client.py::test_sorted_sets": CROSS_SLOT,
    "test_upstash_client.py::test_fields_that_expire": FIELD_EXPIRY,
    "test_upstash_client.py::test_fields_expire_in_time": FIELD_EXPIRY,
    "test_upstash_client_calls.py::test_batches": CROSS_SLOT,
    "test_upstash_client_calls.py::test_a_failure_in_a_batch": CROSS_SLOT,
    "test_upstash_malformed.py::test_a_million_commands_in_a_pipeline": SIZE,
    "test_upstash_malformed.py::test_a_command_of_a_million_arguments": SIZE,
    "test_upstash_protocol.py::test_replies_have_the_shapes_of_resp2": CROSS_SLOT,
    "test_upstash_protocol.py::test_base64": SCAN,
    "test_upstash_protocol.py::test_path_form[GET-/scan/0?MATCH=se*&COUNT=10-None-expected14]": SCAN,
    "test_upstash_protocol.py::test_multi_exec_goes_on_behind_a_failure": CROSS_SLOT,
    "test_upstash_protocol.py::test_scan": SCAN,
    "test_waiting_pops.py": CROSS_SLOT,
}


def reason(node_id):
    """Why a test is not run; None: it is."""
    path, _, test = node_id.partition("::")
    file = path.rpartition("/")[2]
    function = test.partition("[")[0]
    return NOT_RUN.get(file) or NOT_RUN.get(f"{file}::{function}") or NOT_RUN.get(f"{file}::{test}")
