import StationPorts
import Vocabulary

/// Motion stops at the first edge of an opening interlock, before anything is computed; that the interlock is open is
/// believed after its debounce time, like every level. So contacts that only ring cost a moment's pause, and nobody
/// has to clear an abort that was none.
extension DebouncedLines {
    func cutMotion() throws(PortError) {
        guard !motionIsCut else { return }
        motionIsCut = true
        try backend.write(movable, isOn: false)
    }

    /// Gives motion back once every interlock is quiet and closed. If one is open nothing comes back: whoever commanded
    /// motion is told, and commands anew when it may.
    func endCut() throws(PortError) {
        guard motionIsCut else { return }
        var isClosed = true
        for line in Self.allInputs where line.isInterlock {
            guard let debouncer = debouncers[line.ordinal] else { continue }
            guard debouncer.deadline == nil else { return }
            isClosed = isClosed && debouncer.level
        }
        motionIsCut = false
        guard isClosed else {
            energised.subtract(.motion)
            return
        }
        try backend.write(movable, isOn: true)
    }

    /// What moves or would, if it is not cut.
    private var movable: OutputLines { energised.intersection(.motion).intersection(usableOutputs) }
}
