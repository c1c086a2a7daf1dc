/// Outboxes whose changes are not durable yet, in the order of their tickets.
struct WaitingEvents {
    /// An execution's messages.
    final class Batch {
        let ticket: UInt64
        private(set) var outbox = EventOutbox()

        /// Takes over what is in `outbox`.
        init(_ outbox: inout EventOutbox, ticket: UInt64) {
            self.ticket = ticket
            swap(&self.outbox, &outbox)
        }

        /// Visits its records in order.
        func forEach(_ visit: (EventOutbox.Record) -> Void) { outbox.forEach(visit) }

        var bytes: Int { outbox.count }
    }

    private var batches = Deque<Batch>()
    /// The bytes of all.
    private(set) var bytes = 0

    var isEmpty: Bool { batches.isEmpty }

    /// The ticket of the last one; 0 where there is none.
    var last: UInt64 { batches.last?.ticket ?? 0 }

    /// Adds one, behind those of the same ticket. O(1) as a rule: tickets come nearly in order.
    mutating func insert(_ batch: Batch) {
        batches.append(batch)
        bytes += batch.bytes
        var index = batches.count - 1
        while index > 0, batches[index - 1].ticket > batch.ticket {
            batches.swapAt(index - 1, index)
            index -= 1
        }
    }

    /// Takes out the first one, if its ticket is not above that.
    mutating func popFirst(upTo ticket: UInt64) -> Batch? {
        guard let first = batches.first, first.ticket <= ticket else { return nil }
        bytes -= first.bytes
        return batches.popFirst()
    }
}
