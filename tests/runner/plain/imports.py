import helper_module
print(helper_module.value)
helper_module.fail()
