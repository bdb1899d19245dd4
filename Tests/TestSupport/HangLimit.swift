/// A test that takes longer hangs. It is no measure of speed: on two busy processors a test that awaits something waits
/// for all others that compute meanwhile, which is minutes.
public let hangLimitMinutes = 10
