print("redwing")
