(;FF[4]GM[1]CA[UTF-8]AP[Tengen]SZ[3]KM[7]RU[Chinese])
