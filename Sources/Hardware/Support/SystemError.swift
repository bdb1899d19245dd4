import Glibc
import StationPorts

/// Turns a failed system call on a device file into a sentence for a person.
struct DeviceFile {
    let path: String
    /// The group that customarily owns such devices; named if the file's own group says nothing.
    let customaryGroup: String

    /// - Parameter error: the `errno` of the call.
    func explain(_ error: Int32, tried action: String) -> PortError {
        let cause = String(cString: strerror(error))
        switch error {
        case ENOENT, ENODEV, ENXIO:
            return PortError(
                .notFound,
                "\(action) \(path) failed: \(cause). Check that the device is plugged in and the path is right.")
        case EACCES, EPERM:
            return PortError(
                .noPermission,
                "\(action) \(path) failed: \(cause). Add the daemon's user to the group \"\(group)\" and restart it.")
        case EBUSY:
            return PortError(
                .busy, "\(action) \(path) failed: \(cause). Stop the other program that uses it.")
        case EINVAL:
            return PortError(
                .invalidAnswer, "\(action) \(path) failed: \(cause). Check that the device supports these settings.")
        case ENAMETOOLONG:
            return PortError(.systemError, "\(action) \(path) failed: \(cause). Choose a shorter path.")
        case ETIMEDOUT:
            return PortError(.timeout, "\(action) \(path) failed: \(cause). Check that the device is switched on.")
        case ECONNREFUSED, ECONNRESET, EPIPE, EIO:
            return PortError(
                .disconnected, "\(action) \(path) failed: \(cause). Check the device's supply and its cable.")
        // The numbers are the kernel's, not ours: a list of all of them would say no more.
        default:
            return PortError(.systemError, "\(action) \(path) failed: \(cause).")
        }
    }

    /// The name of the group that owns the file. The superuser's group is nobody's to join.
    var group: String {
        var status = stat()
        guard stat(path, &status) == 0, status.st_gid != 0 else { return customaryGroup }
        var entry = Glibc.group()
        var found: UnsafeMutablePointer<Glibc.group>?
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { buffer in
            guard let base = buffer.baseAddress,
                getgrgid_r(status.st_gid, &entry, base, buffer.count, &found) == 0,
                found != nil, let name = entry.gr_name
            else { return customaryGroup }
            return String(cString: name)
        }
    }
}
