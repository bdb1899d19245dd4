import Modbus

/// Any bytes as the answer to any request: decoded or refused, never a crash, and never more or less than was asked for.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzAnswers(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    var input = FuzzInput(start, count)
    let request = input.request()
    let bytes = input.rest()
    do {
        switch (try request.decode(bytes[...]), request) {
        case (.registers(let registers), .readHolding(let range)), (.registers(let registers), .readInput(let range)):
            precondition(registers.count == Int(range.count))
            // Encoding what was decoded gives the same bytes.
            precondition(registers.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } == Array(bytes[2...]))
        case (.bits(let bits), .readCoils(let range)), (.bits(let bits), .readDiscreteInputs(let range)):
            precondition(bits.count == Int(range.count))
        case (.written, _):
            precondition(request.isWrite && Array(bytes) == Array(request.pdu.prefix(5)))
        case (.registers, _), (.bits, _):
            preconditionFailure("\(request) was answered by something else")
        }
    } catch {
        switch error {
        case .exception(let code): precondition(bytes == [request.functionCode | 0x80, code])
        case .malformed: break
        }
    }
    return 0
}
