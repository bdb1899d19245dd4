/// Lines that a client reads and drives, whatever carries them: a socket, or a chip of the kernel.
public protocol LineServing: Sendable {
    func start()
    /// Takes the lines away from the client; returns when nothing is served any more.
    func stop()
    /// Sets the level that a sensor puts on the wire. May be called on any thread; never waits for the client.
    func setInput(offset: UInt32, level: Bool)
}
