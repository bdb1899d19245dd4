import Modbus

/// Any bytes as a frame on TCP: matched, stale or broken, never a crash.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzFrames(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    var input = FuzzInput(start, count)
    let transaction = input.word()
    let unit = input.byte()
    let frame = input.rest()
    switch TCPFrame.match(frame, transaction: transaction, unit: unit) {
    case .answer(let pdu):
        precondition(frame.count == TCPFrame.headerByteCount + pdu.count && frame[6] == unit)
    case .stale, .broken:
        break
    }
    let request = input.request()
    let encoded = TCPFrame.encode(request, transaction: transaction, unit: unit)
    precondition(TCPFrame.match(encoded, transaction: transaction, unit: unit) == .answer(request.pdu[...]))
    return 0
}
