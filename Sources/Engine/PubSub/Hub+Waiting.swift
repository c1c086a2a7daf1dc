internal import Bytes

// Messages of changes that are not durable yet.
extension Hub {
    /// Delivers what an execution has said, at once or once its ticket is durable. It comes after whatever waits of
    /// its channels, and a key event after all key events that wait.
    func deliver(_ outbox: inout EventOutbox, after ticket: UInt64) {
        if ticket > durable {
            wait(&outbox, ticket)
        } else if !waiting.isEmpty, follows(outbox) {
            wait(&outbox, waiting.last)
        } else {
            outbox.forEach { publish($0) }
            deliverRun()
            outbox.clear()
        }
    }

    /// Whether something waits that is to be delivered before these.
    private func follows(_ outbox: borrowing EventOutbox) -> Bool {
        if outbox.hasKeyEvents { return true }
        var follows = false
        outbox.forEach { record in
            if case .message(let channel, _, _) = record, (channels.find(channel)?.waiting ?? 0) > 0 {
                follows = true
            }
        }
        return follows
    }

    private func wait(_ outbox: inout EventOutbox, _ ticket: UInt64) {
        let batch = WaitingEvents.Batch(&outbox, ticket: ticket)
        batch.forEach { record in
            if case .message(let channel, _, _) = record { self.channel(channel).waiting += 1 }
        }
        waiting.insert(batch)
    }

    /// Delivers what waited for that ticket or an earlier one.
    func release(upTo ticket: UInt64) {
        durable = max(durable, ticket)
        while let batch = waiting.popFirst(upTo: durable) {
            batch.forEach { record in
                publish(record)
                guard case .message(let channel, _, _) = record, let feed = channels.find(channel) else {
                    return
                }
                feed.waiting -= 1
                discardIfIdle(feed)
            }
        }
        deliverRun()
    }
}
