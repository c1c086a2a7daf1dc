internal import Bytes
public import Engine

/// Appends batches to an increment. One thread at a time.
///
/// State: `length` bytes of the file are whole; what a failed write left after them is cut off, or overwritten
/// by the next attempt at the same place.
public struct IncrementWriter<File: OpenFile>: ~Copyable {
    private let file: File
    private let salt: UInt32
    /// The number of the next batch.
    public private(set) var nextSequence: UInt64
    /// How many bytes of the file are whole batches: what a reader would take, once they are synced.
    public private(set) var length: Int
    /// How many of those a `sync` has made durable.
    public private(set) var syncedLength: Int
    /// Up to where the batches written state that the file is synced.
    private var statedLength = 0
    /// Where the last batch with commands ends.
    private var contentLength: Int
    private var hasFailedSync = false
    private var hasRemains = false

    /// Begins the file, which must be empty, with its header and syncs it. The caller syncs its directory.
    ///
    /// `firstSequence` goes on from the increment before (`IncrementOutcome.nextSequence`).
    public init(
        beginning file: File, firstSequence: UInt64, salt: UInt32 = .random(in: .min ... .max)
    ) throws(FileError) {
        var header = ByteBuffer()
        IncrementHeader(firstSequence: firstSequence, salt: salt).write(to: &header)
        try file.write(header.view, at: 0)
        try file.sync()
        self.file = file
        self.salt = salt
        nextSequence = firstSequence
        length = header.count
        syncedLength = header.count
        contentLength = header.count
        statedLength = header.count
    }

    /// Goes on in a file that was read to its end, and cut where need was; nil where `outcome` says that it
    /// can't be gone on with and the next increment must be begun.
    public init?(resuming file: File, _ outcome: IncrementOutcome) {
        guard let salt = outcome.salt, let next = outcome.nextSequence, outcome.canBeAppendedTo else {
            return nil
        }
        self.file = file
        self.salt = salt
        nextSequence = next
        length = outcome.wholeLength
        syncedLength = outcome.wholeLength
        contentLength = outcome.contentLength
        statedLength = outcome.statedLength
    }

    /// Appends `batch` with its annotation in one write, and leaves it empty; a very long one in several batches,
    /// divided between its units. An empty one writes nothing.
    ///
    /// After an error the batch holds what was not written (all, unless it is a very long one), and the same call
    /// may be made again once there is room. After a failed `sync` every call fails.
    public mutating func write(_ batch: inout CommandBatch) throws(FileError) {
        guard !hasFailedSync else { throw FileError(.fsync, file.path, syncFailure) }
        precondition(batch.isWhole, "a command or transaction of the batch is not complete")
        while !batch.isEmpty {
            let size = batch.firstPart
            if size < batch.count {
                var part = ByteBuffer()
                part.append(batch.view[0..<size])
                try append(&part)
            } else {
                try append(&batch.buffer)
            }
            contentLength = length
            batch.removeFirstPart()
        }
    }

    /// Whether a sync has reached beyond what the batches state, and nothing was written since that states it: as
    /// long as that is so, damage there is not told from what a crash of the system may leave.
    public var isSyncUnstated: Bool { statedLength < contentLength && contentLength <= syncedLength }

    /// States how far the file is synced, in a batch without commands.
    public mutating func stateSync() throws(FileError) {
        guard !hasFailedSync else { throw FileError(.fsync, file.path, syncFailure) }
        var nothing = ByteBuffer()
        try append(&nothing)
    }

    /// Appends a batch with its annotation, which is added to it; after an error it is as it was.
    private mutating func append(_ part: inout ByteBuffer) throws(FileError) {
        let size = part.count
        // The remains of a longer write must not follow this one.
        if hasRemains { try cutRemains() }
        Annotation.append(to: &part, from: 0, sequence: nextSequence, synced: syncedLength, salt: salt)
        do throws(FileError) {
            try file.write(part.view, at: length)
        } catch {
            part.truncate(to: size)
            hasRemains = true
            try? cutRemains()
            throw error
        }
        length += part.count
        nextSequence += 1
        statedLength = syncedLength
    }

    /// Makes durable what was written. A failure is final: the system may have dropped the data, and would
    /// report success the next time ("fsyncgate"); only new files help.
    public mutating func sync() throws(FileError) {
        guard !hasFailedSync else { throw FileError(.fsync, file.path, syncFailure) }
        guard syncedLength < length else { return }
        do throws(FileError) {
            try file.syncData()
        } catch {
            hasFailedSync = true
            throw error
        }
        syncedLength = length
    }

    private mutating func cutRemains() throws(FileError) {
        try file.truncate(to: length)
        hasRemains = false
    }
}

/// EIO: what is reported after a failed sync.
private let syncFailure: Int32 = 5
